"""A drawn face, of nobody: what the schedule's check runs through the models (prototype: both call it positive)."""

import cv2
import numpy as np


def drawn_face(n: int = 320):
    img=np.full((n,n,3),150,np.uint8); c=n//2
    cv2.ellipse(img,(c,c),(int(n*.26),int(n*.36)),0,0,360,(195,205,215),-1)
    cv2.ellipse(img,(c,int(n*.2)),(int(n*.27),int(n*.12)),0,180,360,(40,40,45),-1)
    for s in(-1,1):
        x=c+s*int(n*.11); y=int(n*.43)
        cv2.ellipse(img,(x,y),(int(n*.075),int(n*.05)),0,0,360,(120,125,130),-1)
        cv2.ellipse(img,(x,y),(int(n*.045),int(n*.022)),0,0,360,(235,235,235),-1)
        cv2.circle(img,(x,y),int(n*.02),(25,25,25),-1)
        cv2.ellipse(img,(x,y-int(n*.055)),(int(n*.07),int(n*.015)),0,0,360,(50,50,55),-1)
    cv2.ellipse(img,(c,int(n*.55)),(int(n*.03),int(n*.09)),0,0,360,(215,222,230),-1)
    for s in(-1,1): cv2.circle(img,(c+s*int(n*.025),int(n*.61)),int(n*.012),(90,95,100),-1)
    cv2.ellipse(img,(c,int(n*.69)),(int(n*.09),int(n*.04)),0,0,180,(70,70,120),-1)
    img=cv2.GaussianBlur(img,(0,0),n/110)
    return img
